// Package models holds the tables as gorm structs, the project's one error type, and the only place that opens a
// database or begins a transaction. Both databases, PostgreSQL and SQLite, run the same statements through it.
package models
