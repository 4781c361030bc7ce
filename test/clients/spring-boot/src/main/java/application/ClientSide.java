package application;

import java.time.Duration;
import java.util.Map;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.oauth2.client.OAuth2AuthorizeRequest;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientProviderBuilder;
import org.springframework.security.oauth2.client.oidc.web.logout.OidcClientInitiatedLogoutSuccessHandler;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.web.DefaultOAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizedClientRepository;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Signs people in with Spring's defaults; sign-out and back-channel have to be asked for. */
@Configuration
@Profile("client")
public class ClientSide {
  @Bean
  SecurityFilterChain web(HttpSecurity http, ClientRegistrationRepository clients) throws Exception {
    var signOut = new OidcClientInitiatedLogoutSuccessHandler(clients);
    signOut.setPostLogoutRedirectUri("{baseUrl}/bye");
    return http
        .authorizeHttpRequests(pages -> pages.requestMatchers("/bye").permitAll().anyRequest().authenticated())
        .oauth2Login(Customizer.withDefaults())
        .logout(own -> own.logoutSuccessHandler(signOut))
        .oidcLogout(others -> others.backChannel(Customizer.withDefaults()))
        .build();
  }

  /** Refreshes at every use, as if each access token were old. */
  @Bean
  OAuth2AuthorizedClientManager manager(
      ClientRegistrationRepository clients, OAuth2AuthorizedClientRepository authorized) {
    var manager = new DefaultOAuth2AuthorizedClientManager(clients, authorized);
    manager.setAuthorizedClientProvider(
        OAuth2AuthorizedClientProviderBuilder.builder()
            .authorizationCode()
            .refreshToken(refresh -> refresh.clockSkew(Duration.ofHours(24)))
            .build());
    return manager;
  }

  @RestController
  @Profile("client")
  static class Pages {
    private final OAuth2AuthorizedClientManager manager;

    Pages(OAuth2AuthorizedClientManager manager) {
      this.manager = manager;
    }

    @GetMapping("/person")
    Map<String, Object> person(@AuthenticationPrincipal OidcUser user, Authentication who) {
      return Map.of(
          "key", who.getName(), "name", String.valueOf(user.getFullName()), "email", String.valueOf(user.getEmail()));
    }

    @GetMapping("/refresh")
    Map<String, Object> refresh(Authentication who, HttpServletRequest request, HttpServletResponse response) {
      var wanted =
          OAuth2AuthorizeRequest.withClientRegistrationId("vestibule")
              .principal(who)
              .attribute(HttpServletRequest.class.getName(), request)
              .attribute(HttpServletResponse.class.getName(), response)
              .build();
      return Map.of("token", manager.authorize(wanted).getAccessToken().getTokenValue());
    }

    @GetMapping("/bye")
    String bye() {
      return "Signed out.";
    }
  }
}
