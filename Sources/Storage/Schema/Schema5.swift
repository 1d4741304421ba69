extension Schema {
    /// The fifth schema: mail that comes in. A mail that went out has a token in its id, so that an answer to it shows that
    /// its reader had it; what became of each mail that came in is kept for a while. The index finds contacts by their
    /// address. All of it is no facts. The states of requests are made anew: one that was done counts as answered.
    static let schema5 = """
        ALTER TABLE delivery ADD COLUMN token {text};
        CREATE INDEX delivery_by_token ON delivery (token) WHERE token IS NOT NULL;

        CREATE TABLE mail_in (
            id {integer} NOT NULL PRIMARY KEY,
            at {integer} NOT NULL,
            person {text} NOT NULL,
            outcome {text} NOT NULL,
            request {text} NOT NULL,
            reason {text} NOT NULL
        ){table_end};
        CREATE INDEX mail_in_by_person ON mail_in (person, at);
        CREATE INDEX mail_in_by_time ON mail_in (at);

        CREATE INDEX fact_contacts ON fact (subject) WHERE kind = 'contact'
        """
}
