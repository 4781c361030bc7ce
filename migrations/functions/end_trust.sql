-- Ends the trust in all browsers of a user. Every statement that confirms, replaces or removes a factor calls it for each row, because
-- the trust rests on the factor; a used step and a secret that is encrypted again are no changes of one. A function rather than a part
-- of the statement: it also sees a browser that was trusted while the statement waited for the factor.
create or replace function end_trust(p_home smallint, p_user uuid) returns void language plpgsql as $$
begin
  delete from trusted_browsers t where t.home = p_home and t.user_id = p_user;
end $$;
