package dev.sexton.consumer;

import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.nio.file.Path;

@QuarkusMain
public class QuarkusServer implements QuarkusApplication {
  @Override
  public int run(String... directory) throws Exception {
    Children.serve(Path.of(directory[0]));
    return 0;
  }
}
