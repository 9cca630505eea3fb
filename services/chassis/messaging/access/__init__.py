"""Users, rights and quotas on the broker, against the tables of topics and principals (ADR 52)."""
