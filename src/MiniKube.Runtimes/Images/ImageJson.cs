using System.Text.Json;
using System.Text.Json.Serialization;

namespace MiniKube.Runtimes;

/// <summary>The documents of images, registries and the image store. Unknown members are skipped, as the specifications ask.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ImageConfig))]
[JsonSerializable(typeof(DockerManifest[]))]
[JsonSerializable(typeof(OciManifest))]
[JsonSerializable(typeof(ImageIndex))]
[JsonSerializable(typeof(RegistryToken))]
[JsonSerializable(typeof(RegistryErrors))]
internal sealed partial class ImageJson : JsonSerializerContext;
