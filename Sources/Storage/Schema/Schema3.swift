extension Schema {
    /// The third schema: the tokens by which programs ask. They are no facts: they expire and are revoked.
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
        CREATE INDEX api_token_by_owner ON api_token (owner)
        """
}
