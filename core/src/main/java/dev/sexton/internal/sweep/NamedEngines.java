package dev.sexton.internal.sweep;

import dev.sexton.internal.record.RunTerms;
import dev.sexton.spi.ResourceProvider;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The engines that the records of instances name, which need not be those of the sweeper. Safe for
/// use by multiple threads.
public final class NamedEngines implements AutoCloseable {
  /// Null if no engine is known.
  private final @Nullable Map<String, String> environment;

  private final Function<RunTerms, List<ResourceProvider>> discovery;

  /// Guarded by this. The engine's variables are the key.
  private final Map<Map<String, String>, List<ResourceProvider>> known = new HashMap<>();

  private NamedEngines(
      @Nullable Map<String, String> environment,
      Function<RunTerms, List<ResourceProvider>> discovery) {
    this.environment = environment;
    this.discovery = discovery;
  }

  /// Returns a source that knows no engines.
  public static NamedEngines none() {
    return new NamedEngines(null, terms -> List.of());
  }

  /// Returns a source that discovers engines.
  ///
  /// @param environment the environment of the sweeper
  /// @param discovery returns the engines to which a record leads; connects to nothing
  public static NamedEngines by(
      Map<String, String> environment, Function<RunTerms, List<ResourceProvider>> discovery) {
    return new NamedEngines(environment, discovery);
  }

  /// Returns the engines to which a record leads. They are valid until this object is closed.
  synchronized List<ResourceProvider> of(RunTerms terms) {
    return known.computeIfAbsent(terms.engine(), variables -> discovery.apply(terms));
  }

  /// Returns whether a record names an engine that the sweeper's environment does not. Does not
  /// look for engines, so it is safe for a record that cannot be trusted.
  boolean leadsElsewhere(RunTerms terms) {
    Map<String, String> own = environment;
    return own != null && terms.namesEngine() && !terms.namesEngineOf(own);
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
