//! A native application with openidconnect: sign-in in the browser, userinfo, and a refresh.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata, CoreUserInfoClaims};
use openidconnect::reqwest::{blocking::ClientBuilder, redirect::Policy};
use openidconnect::{
    AuthorizationCode, ClientId, CsrfToken, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge, RedirectUrl,
    Scope, TokenResponse,
};

type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Fallible<()> {
    // A redirect of the provider could lead into the own network.
    let http = ClientBuilder::new().redirect(Policy::none()).build()?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let here = format!("http://127.0.0.1:{}/callback", listener.local_addr()?.port());
    let issuer = IssuerUrl::new(std::env::var("ISSUER")?)?;
    let provider = CoreProviderMetadata::discover(&issuer, &http)?;
    let client_id = ClientId::new(std::env::var("CLIENT_ID")?);
    let client =
        CoreClient::from_provider_metadata(provider, client_id, None).set_redirect_uri(RedirectUrl::new(here)?);

    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (url, state, nonce) = client
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
        .add_scopes(["profile", "email", "offline_access"].map(|name| Scope::new(name.into())))
        .set_pkce_challenge(challenge)
        .url();
    println!("open {url}");

    let (code, returned) = callback(&listener)?;
    assert_eq!(&returned, state.secret());
    let tokens = client.exchange_code(AuthorizationCode::new(code))?.set_pkce_verifier(verifier).request(&http)?;
    let claims = tokens.id_token().ok_or("no ID token")?.claims(&client.id_token_verifier(), &nonce)?;
    println!("sub {}", claims.subject().as_str());
    let person: CoreUserInfoClaims =
        client.user_info(tokens.access_token().clone(), Some(claims.subject().clone()))?.request(&http)?;
    let name = person.name().and_then(|names| names.get(None)).ok_or("no name")?;
    println!("name {}", name.as_str());
    let again = client.exchange_refresh_token(tokens.refresh_token().ok_or("no refresh token")?)?.request(&http)?;
    println!("refreshed {}", again.access_token().secret().len());
    Ok(())
}

/// The code and the state that the browser brings.
fn callback(listener: &TcpListener) -> Fallible<(String, String)> {
    let (mut stream, _) = listener.accept()?;
    let mut line = String::new();
    BufReader::new(&stream).read_line(&mut line)?;
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nDone")?;
    let path = line.split_whitespace().nth(1).ok_or("no path")?;
    let url = openidconnect::url::Url::parse(&format!("http://127.0.0.1{path}"))?;
    let of = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    Ok((of("code").ok_or(line.clone())?, of("state").ok_or("no state")?))
}
