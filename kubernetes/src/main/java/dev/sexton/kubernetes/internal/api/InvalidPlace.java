package dev.sexton.kubernetes.internal.api;

import dev.sexton.Outcome;
import dev.sexton.kubernetes.internal.config.Place;
import dev.sexton.spi.LabelledResource;
import dev.sexton.spi.ResourceProvider;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/// A part of `SEXTON_KUBERNETES` that names no place. Every call reports that, so that nobody
/// believes that objects there are cleaned up.
///
/// @param text the part
public record InvalidPlace(String text) implements ResourceProvider {
  @Override
  public String name() {
    return "Kubernetes at " + text;
  }

  @Override
  public String version() throws IOException {
    throw invalid();
  }

  @Override
  public List<LabelledResource> find(Set<String> labelKeys) throws IOException {
    throw invalid();
  }

  @Override
  public Outcome stop(LabelledResource resource, Duration grace) throws IOException {
    throw invalid();
  }

  @Override
  public void remove(LabelledResource resource) throws IOException {
    throw invalid();
  }

  private IOException invalid() {
    return new IOException(
        "\"" + text + "\" in " + Place.VARIABLE + " is not CONTEXT/NAMESPACE; correct it");
  }
}
