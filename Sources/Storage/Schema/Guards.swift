import Database

extension SQLDialect {
    /// What keeps facts and the audit trail from being changed or deleted by mistake, also by somebody with a shell.
    var guards: String {
        switch self {
        case .sqlite:
            """
            CREATE TRIGGER fact_stays BEFORE UPDATE OF
                seq, recorded_at, actor, kind, body, words_hash, hash, client, shelf, first_period, last_period, subject, parent
                ON fact BEGIN SELECT RAISE(ABORT, 'facts are never changed'); END;
            CREATE TRIGGER fact_remains BEFORE DELETE ON fact BEGIN SELECT RAISE(ABORT, 'facts are never deleted'); END;
            CREATE TRIGGER audit_stays BEFORE UPDATE ON audit
                BEGIN SELECT RAISE(ABORT, 'the audit trail is never changed'); END;
            CREATE TRIGGER audit_remains BEFORE DELETE ON audit
                BEGIN SELECT RAISE(ABORT, 'the audit trail is never deleted'); END;
            """
        case .postgreSQL:
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME; END $$;
            CREATE TRIGGER fact_stays BEFORE UPDATE OF
                seq, recorded_at, actor, kind, body, words_hash, hash, client, shelf, first_period, last_period, subject, parent
                ON fact EXECUTE FUNCTION refuse();
            CREATE TRIGGER fact_remains BEFORE DELETE OR TRUNCATE ON fact EXECUTE FUNCTION refuse();
            CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit EXECUTE FUNCTION refuse();
            """
        }
    }
}
