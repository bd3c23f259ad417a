package dev.sexton.testsupport;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/// A test that only the gate, `.ci/run`, runs.
///
/// `./mvnw verify` leaves it out, because it takes long or needs something that not every machine
/// has. `-Dtest=` runs it, too: whoever names a test wants it.
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Tag("gate")
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Gate {
  /// The reason, such as "needs a container engine".
  String value();
}
