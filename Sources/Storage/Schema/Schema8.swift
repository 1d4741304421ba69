extension Schema {
    /// The eighth schema: what a server asks every few seconds, whether something is in trouble, is found without reading all
    /// mails and the whole audit trail.
    static let schema8 = """
        CREATE INDEX delivery_failed ON delivery (next_at) WHERE state = 'failed';
        CREATE INDEX audit_backups ON audit (id) WHERE operation = 'database.backup'
        """
}
