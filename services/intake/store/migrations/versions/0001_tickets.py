"""Tickets, their history and texts, the vault, receipts."""

from alembic import op

revision = "intake0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE tickets (
            id uuid PRIMARY KEY,
            version integer NOT NULL,
            state text NOT NULL,
            channel text NOT NULL,
            caller_ref text,
            occurred_at timestamptz NOT NULL,
            received_at timestamptz NOT NULL,
            text_version integer NOT NULL,
            type_code text,
            sub_district text,
            estate text,
            estate_name text,
            urgency text,
            lead text,
            co_handlers text[] NOT NULL,
            review_reason text
        );
        CREATE INDEX tickets_states ON tickets (state);
        CREATE INDEX tickets_by_state ON tickets (state, received_at, id);
        CREATE INDEX tickets_by_lead ON tickets (lead, state, received_at, id) WHERE lead IS NOT NULL;
        CREATE INDEX tickets_by_place ON tickets (sub_district, state, received_at, id)
            WHERE sub_district IS NOT NULL;

        CREATE TABLE ticket_history (
            ticket_id uuid NOT NULL REFERENCES tickets (id),
            version integer NOT NULL,
            at timestamptz NOT NULL,
            step text NOT NULL,
            state text NOT NULL,
            actor text NOT NULL,
            detail text,
            PRIMARY KEY (ticket_id, version)
        );
        CREATE TABLE ticket_texts (
            ticket_id uuid NOT NULL REFERENCES tickets (id),
            version integer NOT NULL,
            text text NOT NULL,
            address text,
            PRIMARY KEY (ticket_id, version)
        );
        CREATE TABLE vault_keys (
            id uuid PRIMARY KEY,
            holder text NOT NULL UNIQUE,
            wrapped_key bytea NOT NULL
        );
        COMMENT ON COLUMN vault_keys.holder IS 'the caller_ref, or the ticket''s id for an anonymous call';
        CREATE TABLE vault (
            ticket_id uuid PRIMARY KEY REFERENCES tickets (id),
            key_id uuid NOT NULL,
            sealed bytea NOT NULL
        );
        COMMENT ON COLUMN vault.key_id IS 'no foreign key: the caller''s key may be gone, the row stays';
        CREATE TABLE receipts (
            client text NOT NULL,
            idempotency_key text NOT NULL,
            fingerprint bytea NOT NULL,
            ticket_id uuid NOT NULL,
            PRIMARY KEY (client, idempotency_key)
        );
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE receipts, vault, vault_keys, ticket_texts, ticket_history, tickets")
