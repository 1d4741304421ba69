extension Schema {
    /// The second schema: signing in, the state of requests, files, search.
    ///
    /// `account`, `session`, `sign_in_link` and `throttle` are no facts: what is in them is replaced and goes.
    /// `request_state` and `search` are made of facts and can be made anew; `content` holds the bytes of attachments, whose
    /// facts have their hashes.
    static let schema2 = """
        CREATE TABLE account (
            user_id {text} NOT NULL PRIMARY KEY,
            email {text} NOT NULL UNIQUE,
            password {text},
            totp_secret {bytes},
            totp_step {integer} NOT NULL,
            single_keys {integer} NOT NULL
        ){table_end};

        CREATE TABLE session (
            token_hash {bytes} NOT NULL PRIMARY KEY,
            user_id {text} NOT NULL,
            is_half {integer} NOT NULL,
            created_at {integer} NOT NULL,
            seen_at {integer} NOT NULL,
            address {text} NOT NULL,
            agent {text} NOT NULL
        ){table_end};
        CREATE INDEX session_by_user ON session (user_id);

        CREATE TABLE sign_in_link (
            token_hash {bytes} NOT NULL PRIMARY KEY,
            user_id {text} NOT NULL,
            purpose {text} NOT NULL,
            expires_at {integer} NOT NULL
        ){table_end};

        CREATE TABLE throttle (
            subject {text} NOT NULL PRIMARY KEY,
            failures {integer} NOT NULL,
            at {integer} NOT NULL
        ){table_end};

        CREATE TABLE content (
            sha256 {bytes} NOT NULL PRIMARY KEY,
            body {bytes} NOT NULL
        ){table_end};

        CREATE TABLE request_state (
            id {text} NOT NULL PRIMARY KEY,
            client {text} NOT NULL,
            service_line {text} NOT NULL,
            project {text},
            title {text} NOT NULL,
            state {text} NOT NULL,
            is_over {integer} NOT NULL,
            assignee {text},
            work_type {text},
            snoozed_until {integer} NOT NULL,
            merged_into {text},
            opened_at {integer} NOT NULL,
            first_answer_at {integer},
            changed_seq {integer} NOT NULL
        ){table_end};
        CREATE INDEX request_state_lately ON request_state (is_over, changed_seq);
        CREATE INDEX request_state_by_state ON request_state (state, changed_seq);
        CREATE INDEX request_state_by_client ON request_state (client, is_over, changed_seq);
        CREATE INDEX request_state_by_assignee ON request_state (assignee, is_over, changed_seq);
        CREATE INDEX request_state_merged ON request_state (merged_into) WHERE merged_into IS NOT NULL;

        CREATE INDEX audit_by_actor ON audit (actor, id);

        {search_table}
        """
}
