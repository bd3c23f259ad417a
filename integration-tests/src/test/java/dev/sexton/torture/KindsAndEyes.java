package dev.sexton.torture;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.provider.CsvSource;

/// Rows for the records that a sweep meets, each seen in the ways in which it may be swept.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@CsvSource({
  "ORIGINAL, ONE_SHOT",
  "ORIGINAL, PORTABLE",
  "SEXTON, ONE_SHOT",
  "SEXTON, RESIDENT",
  "SEXTON_PORTABLE, PORTABLE"
})
@interface KindsAndEyes {}
