package application;

import java.util.Map;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtValidators;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtAudienceValidator;
import org.springframework.security.oauth2.jwt.JwtTypeValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** An API that is called with access tokens. */
@Configuration
@Profile("!client")
public class ResourceServer {
  /** Spring takes the type JWT alone, and access tokens say at+jwt (RFC 9068 section 2.1). */
  @Bean
  @Profile("jwt")
  JwtDecoder decoder(@Value("${issuer}") String issuer, @Value("${resource}") String resource) {
    var decoder = NimbusJwtDecoder.withIssuerLocation(issuer).validateType(false).build();
    decoder.setJwtValidator(
        JwtValidators.createDefaultWithValidators(
            new JwtIssuerValidator(issuer), new JwtAudienceValidator(resource), new JwtTypeValidator("at+jwt")));
    return decoder;
  }

  @RestController
  @Profile("!client")
  static class Api {
    @GetMapping("/invoices")
    Map<String, Object> invoices(Authentication who) {
      var granted = who.getAuthorities().stream().map(GrantedAuthority::getAuthority);
      return Map.of("sub", who.getName(), "granted", granted.filter(name -> name.startsWith("SCOPE_")).toList());
    }
  }
}
