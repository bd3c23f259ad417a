package dev.sexton.internal.sweep;

import dev.sexton.internal.sweep.Ports.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;

/// Distributes the same work on many items over the processors.
final class Parallel {
  /// Below this number of items, handing work to a thread takes longer than the work.
  private static final int WORTHWHILE = 64;

  /// More parts only wait for each other in the one directory that they all change.
  private static final int MOST = Math.min(4, Runtime.getRuntime().availableProcessors());

  private Parallel() {}

  /// Like [#over], but with one result per item, in the order of the items.
  static <T, R> List<R> map(Workers workers, List<T> items, Function<T, R> work) {
    List<R> results = new ArrayList<>();
    Parallel.<T, List<R>>over(
            workers, items, ArrayList::new, (part, item) -> part.add(work.apply(item)))
        .forEach(results::addAll);
    return results;
  }

  /// Works on all items, in several parallel parts if there are many.
  ///
  /// @param part creates the object that collects a part's results; called by this thread, before
  ///   the work
  /// @param work adds the result for one item; parts run in parallel, the items of one part do not
  /// @return the parts, in the order of the items
  static <T, P> List<P> over(
      Workers workers, List<T> items, Supplier<P> part, BiConsumer<P, T> work) {
    int count = Math.clamp(items.size() / WORTHWHILE, 1, MOST);
    List<P> parts = new ArrayList<>();
    List<Runnable> tasks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<T> own = items.subList(i * items.size() / count, (i + 1) * items.size() / count);
      P mine = part.get();
      parts.add(mine);
      tasks.add(() -> own.forEach(item -> work.accept(mine, item)));
    }
    if (count == 1) {
      tasks.getFirst().run();
    } else {
      workers.runAll(tasks);
    }
    return parts;
  }
}
