-- Before every call its tenant's calls of this moment are counted and its minutes of this month added up.

CREATE INDEX conversations_active ON conversations (tenant_id, heard_at) WHERE status = 'active';
CREATE INDEX conversations_ended ON conversations (tenant_id, started_at) INCLUDE (ended_at)
    WHERE ended_at IS NOT NULL AND channel <> 'chat';
