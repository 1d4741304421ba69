extension Schema {
    /// The third schema: the tokens by which programs ask, the mails that go out of the outbox, and which alerts were told.
    /// They are no facts: tokens expire, mails are tried again, alerts are told anew.
    static let schema3 = """
        CREATE TABLE api_token (
            token_hash {bytes} NOT NULL PRIMARY KEY,
            id {text} NOT NULL UNIQUE,
            owner {text} NOT NULL,
            name {text} NOT NULL,
            scopes {text} NOT NULL,
            created_at {integer} NOT NULL,
            expires_at {integer} NOT NULL,
            used_at {integer}
        ){table_end};
        CREATE INDEX api_token_by_owner ON api_token (owner);

        CREATE TABLE delivery (
            id {integer} NOT NULL PRIMARY KEY,
            outbox_id {integer} NOT NULL,
            person {text} NOT NULL,
            state {text} NOT NULL,
            attempts {integer} NOT NULL,
            next_at {integer} NOT NULL,
            result {text} NOT NULL,
            UNIQUE (outbox_id, person)
        ){table_end};
        CREATE INDEX delivery_waiting ON delivery (next_at) WHERE state = 'waiting';

        CREATE TABLE feed (
            owner {text} NOT NULL PRIMARY KEY,
            token_hash {bytes} NOT NULL UNIQUE
        ){table_end};

        CREATE INDEX idempotency_by_time ON idempotency (at);

        CREATE TABLE hours_alert (
            client {text} NOT NULL,
            service_line {text} NOT NULL,
            period {integer} NOT NULL,
            mark {integer} NOT NULL,
            PRIMARY KEY (client, service_line, period, mark)
        ){table_end}
        """
}
