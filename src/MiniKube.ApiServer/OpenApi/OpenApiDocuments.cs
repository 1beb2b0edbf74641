using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace MiniKube.ApiServer;

/// <summary>
/// The OpenAPI descriptions, derived from the kinds and their models. Nothing is made before it is asked for; then once, until the
/// kinds change. Thread-safe.
/// https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-interface-definition
/// </summary>
internal sealed class OpenApiDocuments(ResourceIndex resources, string serverVersion)
{
    public const string IndexPath = "/openapi/v3";
    public const string Version2Path = "/openapi/v2";

    private readonly PerSnapshot<Documents> _documents = new(resources, snapshot => new Documents(snapshot.All, serverVersion));

    /// <summary>
    /// The document at <c>/openapi/v3</c>, <c>/openapi/v3/api/v1</c>, <c>/openapi/v3/apis/GROUP/VERSION</c> or <c>/openapi/v2</c>, the
    /// last one in protobuf too, for who asks for that; null elsewhere.
    /// </summary>
    public DiscoveryDocument? Find(string path, string accept)
    {
        var wanted = path.TrimEnd('/');
        var isProtobuf = wanted == Version2Path && accept.StartsWith(OpenApiProtobuf.AcceptType, StringComparison.Ordinal);
        return isProtobuf ? _documents.Value.Protobuf() : _documents.Value.Find(wanted);
    }

    /// <summary><c>api/v1</c>, <c>apis/apps/v1</c>.</summary>
    internal static string RootOf(ApiGroupVersion version)
        => version.ApiVersion.Contains('/', StringComparison.Ordinal) ? $"apis/{version.ApiVersion}" : $"api/{version.ApiVersion}";

    // A document is a function of this build and its kinds: clients may keep it until either changes.
    private static string HashOf(ApiGroupVersion version)
    {
        var source = new StringBuilder(version.ApiVersion)
            .Append(typeof(OpenApiDocuments).Module.ModuleVersionId)
            .AppendJoin(',', version.Kinds.Select(kind => $"{kind.Gvr.Resource} {kind.Gvk.Kind} {kind.SchemaVersion}"));
        return Convert.ToHexString(SHA512.HashData(Encoding.UTF8.GetBytes(source.ToString())));
    }

    private static DiscoveryDocument Make(Action<System.Text.Json.Utf8JsonWriter> write)
        => DiscoveryDocument.Make(DiscoveryDocuments.LegacyType, write);

    /// <summary>Those of one set of kinds.</summary>
    private sealed class Documents(ImmutableArray<ResourceDefinition> kinds, string serverVersion)
    {
        private readonly ImmutableArray<ApiGroupVersion> _versions = [.. ApiGroup.Of(kinds).SelectMany(group => group.Versions)];
        private readonly ConcurrentDictionary<string, DiscoveryDocument> _made = new();

        public DiscoveryDocument Protobuf() => _made.GetOrAdd(OpenApiProtobuf.ContentType, _ => DiscoveryDocument.Of(
            OpenApiProtobuf.ContentType, OpenApiProtobuf.Encode(Find(Version2Path)!.Bytes)));

        public DiscoveryDocument? Find(string path) => path switch
        {
            IndexPath => _made.GetOrAdd(path, _ => Make(new OpenApiIndex(_versions, HashOf).Write)),
            Version2Path => _made.GetOrAdd(path, _ => Make(new OpenApiWriter(OpenApiDialect.V2, serverVersion).Write(_versions))),
            _ => FindVersion(path),
        };

        private DiscoveryDocument? FindVersion(string path)
        {
            var version = _versions.FirstOrDefault(one => path == $"{IndexPath}/{RootOf(one)}");
            return version is null
                ? null
                : _made.GetOrAdd(path, _ => Make(new OpenApiWriter(OpenApiDialect.V3, serverVersion).Write([version])));
        }
    }
}
