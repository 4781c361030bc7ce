-- Stores a message with its entry in the directory and the job that delivers it. In the transaction of the change that it reports:
-- without a commit, no message is sent. p_message: src/platform/messages/transactional-queue.ts; bytes are in hex.
create or replace function add_message(p_home smallint, p_office uuid, p_at timestamptz, p_message json) returns void
language plpgsql as $$
declare
  message uuid := p_message ->> 'id';
begin
  insert into message_directory (home, id, office_id, made_at) values (p_home, message, p_office, p_at);
  insert into messages (home, id, office_id, channel, state, sealed_content, until, due_at, made_at, state_at)
    values (p_home, message, p_office, p_message ->> 'channel', 'waiting', decode(p_message ->> 'sealed', 'hex'),
      (p_message ->> 'until')::timestamptz, p_at, p_at, p_at);
  insert into jobs (home, id, queue, data, due_at) values (p_home, (p_message ->> 'job')::uuid, p_message ->> 'queue',
    json_build_object('id', message, 'officeId', p_office)::jsonb, now());
end $$;
