extension Schema {
    /// The fourth schema: whom programs are told by, and what they were told. They are no facts: endpoints go, deliveries
    /// are tried again and forgotten.
    static let schema4 = """
        CREATE TABLE webhook (
            id {text} NOT NULL PRIMARY KEY,
            url {text} NOT NULL,
            kinds {text} NOT NULL,
            secret {text} NOT NULL,
            old_secret {text},
            old_until {integer},
            created_by {text} NOT NULL,
            created_at {integer} NOT NULL,
            off_reason {text}
        ){table_end};

        CREATE TABLE webhook_delivery (
            id {integer} NOT NULL PRIMARY KEY,
            outbox_id {integer} NOT NULL,
            webhook {text} NOT NULL,
            state {text} NOT NULL,
            attempts {integer} NOT NULL,
            next_at {integer} NOT NULL,
            tried_at {integer},
            result {text} NOT NULL,
            UNIQUE (outbox_id, webhook)
        ){table_end};
        CREATE INDEX webhook_delivery_waiting ON webhook_delivery (webhook, next_at) WHERE state = 'waiting';
        CREATE INDEX webhook_delivery_by_webhook ON webhook_delivery (webhook, id);
        CREATE INDEX webhook_delivery_tried ON webhook_delivery (tried_at)
        """
}
