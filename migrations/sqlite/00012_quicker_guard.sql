-- PostgreSQL's guard is made quicker at this number; SQLite's asks nothing twice.
-- +goose Up
SELECT 1;

-- +goose Down
SELECT 1;
