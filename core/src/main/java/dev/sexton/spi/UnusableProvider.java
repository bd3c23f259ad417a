package dev.sexton.spi;

import dev.sexton.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/// Represents an engine that is configured but cannot be used: every call reports the reason, so
/// that nobody believes that resources there are cleaned up.
///
/// @param name the human-readable name
/// @param problem the message of every failure: what is wrong, and what to do
public record UnusableProvider(String name, String problem) implements ResourceProvider {
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
    return new IOException(problem);
  }
}
