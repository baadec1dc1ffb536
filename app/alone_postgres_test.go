package app_test

import (
	"testing"

	"evenhand/models/dbtest"
)

func TestTricksOnPostgreSQL(t *testing.T) {
	t.Parallel()
	s := newScene(t, dbtest.Postgres(t))
	const mark = "UPDATE public.reviews SET status = 'removed', removal_id = @proposal WHERE id = @review"
	const effective = "UPDATE public.proposals SET state = 'approved' WHERE id = @proposal"
	const proposals = "CREATE TEMP TABLE IF NOT EXISTS proposals AS SELECT * FROM public.proposals"
	for _, trick := range []struct {
		name       string
		want       string
		statements []string
	}{
		{"a temporary table of requests", byGuard, []string{proposals, "UPDATE pg_temp.proposals SET state = 'approved', quorum = 0", mark}},
		{"temporary tables of both, and a path to them", byGuard, []string{proposals,
			"CREATE TEMP TABLE approvals AS SELECT * FROM public.approvals",
			"INSERT INTO pg_temp.approvals SELECT @market, @id, @proposal, @approver, 'approve', '', @digest, @bytes, @now",
			"SET search_path = pg_temp, public", effective}},
		{"a function of one's own that counts approvals", byGuard, []string{
			"CREATE FUNCTION pg_temp.evenhand_approvals(market text, proposal uuid) RETURNS bigint LANGUAGE sql AS 'SELECT 99::bigint'",
			"SET search_path = pg_temp, public", effective}},
		{"an empty path", byGuard, []string{"SET search_path = ''", mark}},
		{"one statement with everything in it", byGuard, []string{`WITH a AS (INSERT INTO public.approvals SELECT @market, @id, @proposal, @approver, 'approve', '', @digest, @bytes, @now RETURNING 1),
			b AS (UPDATE public.proposals SET state = 'approved' WHERE id = @proposal RETURNING 1)
			UPDATE public.reviews SET status = 'removed', removal_id = @proposal WHERE id = @review`}},
		{"MERGE", byGuard, []string{`MERGE INTO public.reviews r USING (SELECT CAST(@review AS uuid) AS id) x ON r.id = x.id WHEN MATCHED THEN UPDATE SET status = 'removed', removal_id = @proposal`}},
		{"MERGE that deletes", denied, []string{`MERGE INTO public.reviews r USING (SELECT CAST(@review AS uuid) AS id) x ON r.id = x.id WHEN MATCHED THEN DELETE`}},
		{"a block of procedural code", byGuard, []string{"DO $$ BEGIN UPDATE public.reviews SET status = 'removed', removal_id = id; END $$"}},
		{"a block that swallows the refusal", "", []string{"DO $$ BEGIN UPDATE public.reviews SET status = 'removed', removal_id = id; EXCEPTION WHEN OTHERS THEN NULL; END $$"}},
		{"constraints deferred", byGuard, []string{"SET CONSTRAINTS ALL DEFERRED", mark}},

		{"the role of a replica", denied, []string{"SET session_replication_role = replica"}},
		{"triggers disabled", denied, []string{"ALTER TABLE public.reviews DISABLE TRIGGER ALL"}},
		{"one trigger disabled", denied, []string{"ALTER TABLE public.reviews DISABLE TRIGGER reviews_guard"}},
		{"a trigger dropped", denied, []string{"DROP TRIGGER reviews_guard ON public.reviews"}},
		{"a trigger added", denied, []string{"CREATE TRIGGER x BEFORE UPDATE ON public.reviews FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()"}},
		{"a rule added", denied, []string{"CREATE RULE x AS ON UPDATE TO public.proposals DO INSTEAD NOTHING"}},
		{"a guard replaced", denied, []string{"CREATE OR REPLACE FUNCTION public.evenhand_reviews_guard() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"}},
		{"a guard altered", denied, []string{"ALTER FUNCTION public.evenhand_reviews_guard() SET search_path = pg_temp"}},
		{"a guard dropped", denied, []string{"DROP FUNCTION public.evenhand_approvals(text, uuid)"}},
		{"a guard's source edited", denied, []string{"UPDATE pg_proc SET prosrc = 'BEGIN RETURN NEW; END' WHERE proname = 'evenhand_reviews_guard'"}},
		{"a trigger's row edited", denied, []string{"UPDATE pg_trigger SET tgenabled = 'D'"}},
		{"a function of one's own in the schema", denied, []string{"CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'"}},
		{"a table of one's own in the schema", denied, []string{"CREATE TABLE public.mine (id int)"}},
		{"a constraint dropped", denied, []string{"ALTER TABLE public.reviews DROP CONSTRAINT reviews_check"}},
		{"a column renamed", denied, []string{"ALTER TABLE public.reviews RENAME COLUMN status TO state"}},
		{"the table's owner changed", denied, []string{"ALTER TABLE public.reviews OWNER TO CURRENT_USER"}},
		{"rights granted to oneself", denied, []string{"GRANT DELETE ON public.approvals TO CURRENT_USER", "DELETE FROM public.approvals"}},
		{"another role", denied, []string{"SET ROLE postgres"}},
		{"another session's authority", denied, []string{"SET SESSION AUTHORIZATION postgres"}},
		{"a program on the server", denied, []string{"COPY public.flags FROM PROGRAM 'true'"}},
		{"an event trigger", denied, []string{"CREATE EVENT TRIGGER x ON ddl_command_end EXECUTE FUNCTION public.evenhand_append_only()"}},
	} {
		t.Run(trick.name, func(t *testing.T) {
			if got := inTurn(t, s, trick.statements...); got != trick.want {
				t.Errorf("refused by %q; want %q", got, trick.want)
			}
			var status string
			must(t, s.DB.Raw("SELECT status FROM public.reviews WHERE id = ?", s.review.ID).Scan(&status).Error)
			if status != "published" {
				t.Errorf("the review is %s", status)
			}
		})
	}
	verifyClean(t, s.World)
	must(t, s.approve(t, s.approver))
}
