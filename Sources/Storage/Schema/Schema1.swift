extension Schema {
    /// The first schema.
    ///
    /// A fact's first nine columns are what was recorded; `words` and `salt` may be erased, the others never change. The
    /// rest says where to find it, and can be made again from the body.
    static let schema1 = """
        CREATE TABLE schema_step (number {integer} NOT NULL PRIMARY KEY){table_end};

        CREATE TABLE fact (
            seq {integer} NOT NULL PRIMARY KEY,
            recorded_at {integer} NOT NULL,
            actor {text} NOT NULL,
            kind {text} NOT NULL,
            body {text} NOT NULL,
            words {text},
            salt {bytes},
            words_hash {bytes},
            hash {bytes} NOT NULL,
            client {text} NOT NULL,
            shelf {integer} NOT NULL,
            first_period {integer} NOT NULL,
            last_period {integer} NOT NULL,
            subject {text} NOT NULL,
            parent {text}
        ){table_end};
        CREATE INDEX fact_on_shelf ON fact (client, shelf, first_period);
        CREATE INDEX fact_by_subject ON fact (subject);
        CREATE INDEX fact_by_parent ON fact (parent) WHERE parent IS NOT NULL;

        CREATE TABLE audit (
            id {integer} NOT NULL PRIMARY KEY,
            at {integer} NOT NULL,
            actor {text} NOT NULL,
            operation {text} NOT NULL,
            client {text} NOT NULL,
            subject {text} NOT NULL,
            first_seq {integer},
            last_seq {integer},
            hash {bytes} NOT NULL
        ){table_end};
        CREATE INDEX audit_by_client ON audit (client, id);

        CREATE TABLE outbox (
            id {integer} NOT NULL PRIMARY KEY,
            at {integer} NOT NULL,
            kind {text} NOT NULL,
            client {text} NOT NULL,
            body {text} NOT NULL,
            hash {bytes} NOT NULL,
            delivered_at {integer}
        ){table_end};
        CREATE INDEX outbox_waiting ON outbox (id) WHERE delivered_at IS NULL;

        CREATE TABLE idempotency (
            actor {text} NOT NULL,
            key {text} NOT NULL,
            operation {text} NOT NULL,
            digest {bytes} NOT NULL,
            answer {text} NOT NULL,
            at {integer} NOT NULL,
            hash {bytes} NOT NULL,
            PRIMARY KEY (actor, key)
        ){table_end};

        CREATE TABLE snapshot (
            client {text} NOT NULL,
            period {integer} NOT NULL,
            body {text} NOT NULL,
            PRIMARY KEY (client, period)
        ){table_end};
        """
}
