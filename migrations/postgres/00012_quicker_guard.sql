-- How many distinct people other than the requester approved exactly this proposal: as in 00007, in a language whose
-- plans PostgreSQL keeps between calls. Deciding asks twice.
-- +goose Up
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION evenhand_approvals(market text, proposal uuid) RETURNS bigint LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (SELECT count(DISTINCT a.approver_id)
      FROM approvals a JOIN proposals p ON p.marketplace_id = a.marketplace_id AND p.id = a.proposal_id
     WHERE p.marketplace_id = market AND p.id = proposal
       AND a.verdict = 'approve' AND a.digest = p.digest AND a.approver_id <> p.requester_id);
END $$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION evenhand_approvals(market text, proposal uuid) RETURNS bigint LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT count(DISTINCT a.approver_id)
      FROM approvals a JOIN proposals p ON p.marketplace_id = a.marketplace_id AND p.id = a.proposal_id
     WHERE p.marketplace_id = market AND p.id = proposal
       AND a.verdict = 'approve' AND a.digest = p.digest AND a.approver_id <> p.requester_id
$$;
-- +goose StatementEnd
