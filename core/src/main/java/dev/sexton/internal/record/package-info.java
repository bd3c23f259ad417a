/**
 * The record of an instance: what it holds ({@link dev.sexton.internal.record.InstanceRecord}), how
 * it is read however hostile it is ({@link dev.sexton.internal.record.RecordReader}) and how it is
 * written ({@link dev.sexton.internal.record.RecordWriter}).
 */
@NullMarked
package dev.sexton.internal.record;

import org.jspecify.annotations.NullMarked;
