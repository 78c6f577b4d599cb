"""The pose model: built once from the files inside the MediaPipe wheel, so nothing is downloaded.

The Tasks `PoseLandmarker` wants a bundle (a stored zip of two TFLite models, each saying in its
metadata how its input is normalised). The wheel carries the models but neither metadata nor
bundle.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dtwcoach.errors import SourceError, StorageError
from dtwcoach.sources.cache import cache_folder
from dtwcoach.storage import write_atomically


@dataclass(frozen=True)
class _Part:
    """One model: where the wheel has it, its name in the bundle, input = (pixel - mean) / std."""

    in_wheel: str
    in_bundle: str
    mean: float
    std: float


_PARTS = (
    _Part(
        "modules/pose_detection/pose_detection.tflite",
        "pose_detector.tflite",
        127.5,
        127.5,
    ),
    _Part(
        "modules/pose_landmark/pose_landmark_full.tflite",
        "pose_landmarks_detector.tflite",
        0,
        255,
    ),
)
_FIXED_DATE = (1980, 1, 1, 0, 0, 0)  # the same models give the same bytes


def pose_bundle() -> bytes:
    """Return the pose landmarker bundle, from the cache folder or freshly built.

    The cached file is named after a checksum of the wheel's models and checked when read; a
    damaged one is built again. Where the cache folder cannot be written the bundle is built in
    memory each time (a quarter of a second).

    Raises
    ------
    SourceError
        When the installed MediaPipe does not carry the models.
    """
    models = _wheel_models()
    checksum = hashlib.blake2b(b"".join(models), digest_size=12).hexdigest()
    path = cache_folder() / "models" / f"pose_full-{checksum}.task"
    try:
        bundle = path.read_bytes()
        if _is_intact(bundle):
            return bundle
    except OSError:
        pass  # not built yet
    bundle = _build(models)
    with contextlib.suppress(StorageError):  # works without, only slower
        write_atomically(path, bundle)
    return bundle


def _wheel_models() -> list[bytes]:
    spec = importlib.util.find_spec("mediapipe")
    if spec is None or spec.origin is None:
        raise SourceError(
            "MediaPipe is not installed; install dtwcoach again: pip install dtwcoach"
        )
    root = Path(spec.origin).parent
    try:
        return [(root / part.in_wheel).read_bytes() for part in _PARTS]
    except OSError as error:
        raise SourceError(
            f"The pose model is missing from the installed MediaPipe ({error}). Needed: "
            "mediapipe 0.10.21; install it with: pip install mediapipe==0.10.21"
        ) from error


def _is_intact(bundle: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
            return archive.testzip() is None
    except (zipfile.BadZipFile, ValueError, OSError):
        return False


def _build(models: list[bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for part, model in zip(_PARTS, models, strict=True):
            member = zipfile.ZipInfo(part.in_bundle, _FIXED_DATE)
            archive.writestr(member, _with_normalization(model, part))
    return out.getvalue()


def _with_normalization(model: bytes, part: _Part) -> bytes:
    """Return the TFLite model with metadata that says how its input is normalised."""
    import flatbuffers
    from mediapipe.tasks.metadata import (
        metadata_schema_py_generated as metadata_schema,
    )
    from mediapipe.tasks.metadata import schema_py_generated as model_schema

    tree = model_schema.ModelT.InitFromObj(model_schema.Model.GetRootAsModel(model, 0))
    buffer = model_schema.BufferT()
    buffer.data = _metadata(metadata_schema, part, outputs=len(tree.subgraphs[0].outputs))
    entry = model_schema.MetadataT()
    entry.name = "TFLITE_METADATA"
    entry.buffer = len(tree.buffers)
    tree.buffers.append(buffer)
    tree.metadata = [*(tree.metadata or []), entry]
    builder = flatbuffers.Builder(len(model) + 4096)
    builder.Finish(tree.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _metadata(schema: Any, part: _Part, *, outputs: int) -> bytes:
    import flatbuffers

    options = schema.NormalizationOptionsT()
    options.mean, options.std = [part.mean], [part.std]
    unit = schema.ProcessUnitT()
    unit.optionsType = schema.ProcessUnitOptions.NormalizationOptions
    unit.options = options
    image = schema.TensorMetadataT()
    image.name = "image"
    image.processUnits = [unit]
    graph = schema.SubGraphMetadataT()
    graph.inputTensorMetadata = [image]
    graph.outputTensorMetadata = [schema.TensorMetadataT() for _ in range(outputs)]
    model = schema.ModelMetadataT()
    model.name = part.in_bundle
    model.subgraphMetadata = [graph]
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"M001")
    return bytes(builder.Output())
