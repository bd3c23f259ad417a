package dev.sexton.cli;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// Tests of a command in a state directory of its own.
public abstract class CommandTestBase {
  protected @TempDir Path directory;
  protected StateFixture fixture;

  @BeforeEach
  void prepare() throws IOException {
    fixture = new StateFixture(directory);
  }

  @AfterEach
  void cleanUp() {
    fixture.close();
  }

  /// Returns the resource with this name from an instance's JSON.
  protected static JsonObject resource(JsonObject instance, String name) {
    for (var resource : instance.getAsJsonArray("resources")) {
      if (resource.getAsJsonObject().get("name").getAsString().equals(name)) {
        return resource.getAsJsonObject();
      }
    }
    throw new AssertionError("no resource " + name + " in " + instance);
  }
}
