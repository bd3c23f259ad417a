package dev.sexton.internal.sweep;

import dev.sexton.internal.record.RunTerms;
import dev.sexton.spi.ResourceProvider;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// The engines that the records of instances name, which need not be those of the sweeper. Safe for
/// use by multiple threads.
public final class NamedEngines implements AutoCloseable {
  private final Function<RunTerms, List<ResourceProvider>> discovery;

  /// Guarded by this. The engine's variables are the key.
  private final Map<Map<String, String>, List<ResourceProvider>> known = new HashMap<>();

  private NamedEngines(Function<RunTerms, List<ResourceProvider>> discovery) {
    this.discovery = discovery;
  }

  /// Returns a source that knows no engines.
  public static NamedEngines none() {
    return new NamedEngines(terms -> List.of());
  }

  /// Returns a source that discovers engines.
  ///
  /// @param discovery returns the engines to which a record leads; connects to nothing
  public static NamedEngines by(Function<RunTerms, List<ResourceProvider>> discovery) {
    return new NamedEngines(discovery);
  }

  /// Returns the engines to which a record leads. They are valid until this object is closed.
  synchronized List<ResourceProvider> of(RunTerms terms) {
    return known.computeIfAbsent(terms.engine(), variables -> discovery.apply(terms));
  }

  @Override
  public void close() {
    List<ResourceProvider> all = new ArrayList<>();
    synchronized (this) {
      known.values().forEach(all::addAll);
      known.clear();
    }
    all.forEach(ResourceProvider::close);
  }
}
