package dev.sexton.consumer;

import java.nio.file.Path;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

@SpringBootApplication
public class SpringBootServer implements CommandLineRunner {
  public static void main(String[] directory) {
    SpringApplication.run(SpringBootServer.class, directory);
  }

  @Override
  public void run(String... directory) throws Exception {
    Children.serve(Path.of(directory[0]));
  }
}
