package dev.sexton.consumer;

import java.nio.file.Path;

public final class Plain {
  private Plain() {}

  public static void main(String[] directory) throws Exception {
    Children.serve(Path.of(directory[0]));
  }
}
