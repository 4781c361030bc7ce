-- Sends a code by text message or email: claims its slot, queues the message and writes the audit event. 'blocked': no code would be checked
-- now. 'forbidden': a sign-in's code is sent to the confirmed number or address only, and while there is one, no other gets a code with
-- the password alone; a code by email is sent to the account's own address only. 'early': a message was sent for this slot recently; ten
-- parallel requests send one message. Another number is a new request, and limited by the budget only. 'full': the message would exceed a limit of
-- p_code -> 'budget' (count_message), and nothing is written. With the answer comes what a page shows about the last message. p_code:
-- src/domain/factors/sent-code-store.ts. Sets the office for itself only.
create or replace function send_code(p_home smallint, p_office uuid, p_user uuid, p_now timestamptz, p_code json, p_message json)
returns json language plpgsql as $$
declare
  before text := coalesce(current_setting('vestibule.office', true), '');
  slot bytea := decode(p_code ->> 'slot', 'hex');
  code_hash bytea := decode(p_code ->> 'hash', 'hex');
  waits integer[] := array(select json_array_elements_text(p_code -> 'waits')::integer);
  code_kind text := p_code ->> 'kind';
  code_to text := p_code ->> 'to';
  confirmed text;
  is_forbidden boolean;
  said text;
  send_count integer;
  counted json;
  answer json;
begin
  perform set_config('vestibule.office', p_office::text, true);
  confirmed := confirmed_address(p_home, p_user, code_kind);
  if exists (select from second_factor_guard g where g.home = p_home and g.office_id = p_office and g.user_id = p_user
    and (g.blocked_until > p_now or g.failed_since_success >= (p_code ->> 'frozenFrom')::integer))
  then
    answer := json_build_object('type', 'blocked');
  end if;
  is_forbidden := case p_code ->> 'purpose' when 'sign-in' then confirmed is distinct from code_to
    else (confirmed is not null and not (p_code ->> 'replaces')::boolean) or (code_kind = 'email' and code_to is distinct from
      (select u.mail from users u where u.home = p_home and u.id = p_user)) end;
  if answer is null and is_forbidden then
    answer := json_build_object('type', 'forbidden');
  end if;
  if answer is null then
    begin
      insert into sent_codes as c (home, office_id, user_id, kind, binding, purpose, sent_to, hash, sends, sent_at, resend_at, expires_at, message_id)
      values (p_home, p_office, p_user, code_kind, slot, p_code ->> 'purpose', code_to, code_hash, 1, p_now,
        p_now + make_interval(secs => waits[1]), (p_code ->> 'expiresAt')::timestamptz, (p_message ->> 'id')::uuid)
      on conflict (home, user_id, kind, binding, purpose) do update set sent_to = excluded.sent_to, hash = excluded.hash, sends = c.sends + 1,
        sent_at = excluded.sent_at, expires_at = excluded.expires_at, used_at = null, message_id = excluded.message_id,
        superseded = case when c.sent_to = excluded.sent_to and c.used_at is null then c.superseded || c.hash end,
        resend_at = p_now + make_interval(secs => waits[least(c.sends + 1, cardinality(waits))])
      where c.sent_to <> excluded.sent_to or c.used_at is not null or ((p_code ->> 'isResend')::boolean and c.resend_at <= p_now)
      returning c.sends into send_count;
      said := case when found then 'sent' else 'early' end;
      if said = 'sent' then
        perform add_message(p_home, p_office, p_now, p_message);
        perform add_audit_events(p_home, p_now, p_office, p_code ->> 'event', 'ok', p_user::text, array[p_user::text], null,
          (p_code ->> 'address')::inet, p_code ->> 'requestId',
          json_build_object('purpose', p_code ->> 'purpose', 'to', p_code ->> 'masked', 'sends', send_count)::jsonb);
        if p_code -> 'budget' is not null then
          counted := count_message(p_home, p_office, p_now, p_code -> 'budget');
          if json_array_length(counted -> 'full') > 0 then
            raise exception 'A limit of messages is reached.' using errcode = 'VB001';
          end if;
        end if;
      end if;
    exception when sqlstate 'VB001' then
      -- All of this block is undone: what was counted, stored and queued.
      answer := json_build_object('type', 'full', 'counted', counted);
    end;
  end if;
  -- A code older than a day belongs to no sign-in any more; each request deletes those of the office.
  delete from sent_codes c where c.home = p_home and c.ctid = any(array(select o.ctid from sent_codes o
    where o.home = p_home and o.office_id = p_office and o.sent_at < now() - interval '1 day' limit 100 for update skip locked));
  answer := coalesce(answer, json_build_object('type', said, 'counted', counted, 'sent', (select json_build_object('to', c.sent_to, 'sentAt', c.sent_at, 'sends', c.sends,
      'messageId', c.message_id, 'resendAt', c.resend_at, 'expiresAt', c.expires_at, 'isResent', c.superseded is not null,
      'status', (select json_build_object('state', case m.state when 'sending' then 'waiting' else m.state end, 'at', m.state_at)
        from messages m where m.home = p_home and m.id = c.message_id))
    from sent_codes c where c.home = p_home and c.user_id = p_user and c.kind = code_kind and c.binding = slot and c.purpose = p_code ->> 'purpose'
      and c.used_at is null)));
  perform set_config('vestibule.office', before, true);
  return answer;
end $$;
