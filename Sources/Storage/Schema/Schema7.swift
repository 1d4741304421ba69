extension Schema {
    /// The seventh schema: a line of the audit trail that tells of a change of what lets somebody in says what it is from then
    /// on, as digests. The salt of those of an account lies with it and goes with it: then they tell nothing. Lines and
    /// accounts of before have none.
    static let schema7 = """
        ALTER TABLE audit ADD COLUMN state {text};
        ALTER TABLE account ADD COLUMN salt {bytes}
        """
}
