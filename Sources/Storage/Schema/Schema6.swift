extension Schema {
    /// The sixth schema: addresses. One may be that of people at several clients, so that accounts are found by it and not
    /// kept apart by it. A link knows whether it went out by mail: only then does its use prove an address. A change of an
    /// address waits until it is proved, and the old address is told. Mail of which nobody can tell whose it is waits for
    /// staff. What was sent lately is found by its time. None of it is a fact.
    static let schema6 = """
        ALTER TABLE account RENAME TO account_before;
        CREATE TABLE account (
            user_id {text} NOT NULL PRIMARY KEY,
            email {text} NOT NULL,
            password {text},
            totp_secret {bytes},
            totp_step {integer} NOT NULL,
            single_keys {integer} NOT NULL
        ){table_end};
        INSERT INTO account (user_id, email, password, totp_secret, totp_step, single_keys)
            SELECT user_id, email, password, totp_secret, totp_step, single_keys FROM account_before;
        DROP TABLE account_before;
        CREATE INDEX account_by_email ON account (email);
        CREATE INDEX fact_contact_emails ON fact (subject) WHERE kind = 'contact-email';

        ALTER TABLE sign_in_link ADD COLUMN by_mail {integer} NOT NULL DEFAULT 0;

        CREATE TABLE address_change (
            id {integer} NOT NULL PRIMARY KEY,
            person {text} NOT NULL,
            email {text} NOT NULL,
            old {text},
            token_hash {bytes},
            expires_at {integer} NOT NULL
        ){table_end};

        CREATE TABLE mail_waiting (
            id {integer} NOT NULL PRIMARY KEY,
            at {integer} NOT NULL,
            sender {text} NOT NULL,
            reason {text} NOT NULL,
            body {text} NOT NULL
        ){table_end};

        CREATE INDEX delivery_sent ON delivery (next_at) WHERE state = 'sent'
        """
}
