package application;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The profile says what it is: client, jwt or opaque. */
@SpringBootApplication
public class Application {
  public static void main(String[] words) {
    SpringApplication.run(Application.class, words);
  }
}
