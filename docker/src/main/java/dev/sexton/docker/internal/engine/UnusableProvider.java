package dev.sexton.docker.internal.engine;

import dev.sexton.Outcome;
import dev.sexton.spi.LabelledResource;
import dev.sexton.spi.ResourceProvider;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/// Represents an engine that is configured but cannot be used: every call reports the reason.
public final class UnusableProvider implements ResourceProvider {
  private final String name;
  private final String problem;

  /// Creates the provider for one engine.
  ///
  /// @param name the human-readable name
  /// @param problem why the engine cannot be used, and what to do
  public UnusableProvider(String name, String problem) {
    this.name = name;
    this.problem = problem;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String version() throws IOException {
    throw unusable();
  }

  @Override
  public List<LabelledResource> find(Set<String> labelKeys) throws IOException {
    throw unusable();
  }

  @Override
  public Outcome stop(LabelledResource resource, Duration grace) throws IOException {
    throw unusable();
  }

  @Override
  public void remove(LabelledResource resource) throws IOException {
    throw unusable();
  }

  private IOException unusable() {
    return new IOException(name + " cannot be used: " + problem);
  }
}
