using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace MiniKube;

/// <summary>Reads one context of a kubeconfig: certificates and tokens, inline or in files.</summary>
internal sealed class KubeconfigReader
{
    private readonly string _path;
    private readonly JsonObject _root;

    private KubeconfigReader(string path)
    {
        _path = path;
        var documents = ManifestSource.ParseFile(path);
        _root = documents is [{ Root: JsonObject root }] ? root : throw Wrong("expected one document of kind Config");
    }

    /// <param name="path">The file.</param>
    /// <param name="context">The context to take; null takes the current one.</param>
    /// <exception cref="CommandException">The file has no such context, or something in it cannot be used.</exception>
    public static ClusterAccess Read(string path, string? context) => new KubeconfigReader(path).Access(context);

    private ClusterAccess Access(string? named)
    {
        var name = named ?? Text(_root, "current-context") ?? throw Wrong("it has no current-context; name one with --context");
        var context = Find("contexts", name, "context");
        var cluster = Find("clusters", Text(context, "cluster") ?? "", "cluster");
        var user = Find("users", Text(context, "user") ?? "", "user");
        var server = Text(cluster, "server");
        return new ClusterAccess
        {
            Server = Uri.TryCreate(server, UriKind.Absolute, out var uri) ? uri : throw Wrong($"'{server}' is no URL of a server"),
            Namespace = Text(context, "namespace") ?? "default",
            Authorities = Authorities(cluster),
            SkipTlsVerify = cluster["insecure-skip-tls-verify"]?.GetValue<bool>() ?? false,
            ClientCertificate = ClientCertificate(user),
            Token = Text(user, "token") ?? (Text(user, "tokenFile") is { } file ? File.ReadAllText(Resolve(file)).Trim() : null),
        };
    }

    private JsonObject Find(string list, string name, string inner)
    {
        var entry = (_root[list] as JsonArray)?.FirstOrDefault(item => item?["name"]?.ToString() == name);
        return entry?[inner] as JsonObject ?? throw Wrong($"there is no {inner} '{name}' in it");
    }

    private X509Certificate2Collection? Authorities(JsonObject cluster)
    {
        if (Pem(cluster, "certificate-authority") is not { } pem)
        {
            return null;
        }

        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(pem);
        return authorities;
    }

    private X509Certificate2? ClientCertificate(JsonObject user)
    {
        if (Pem(user, "client-certificate") is not { } certificate || Pem(user, "client-key") is not { } key)
        {
            return null;
        }

        try
        {
            return X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (CryptographicException damaged)
        {
            throw Wrong($"its client certificate cannot be used: {damaged.Message}");
        }
    }

    // NAME-data holds base64, NAME a file beside the kubeconfig.
    private string? Pem(JsonObject entry, string name)
    {
        if (Text(entry, $"{name}-data") is { } inline)
        {
            var bytes = new byte[inline.Length];
            return Convert.TryFromBase64String(inline, bytes, out var length)
                ? Encoding.ASCII.GetString(bytes, 0, length)
                : throw Wrong($"its {name}-data is not base64");
        }

        return Text(entry, name) is { } file ? File.ReadAllText(Resolve(file)) : null;
    }

    private string Resolve(string file) => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(_path)) ?? "/", file);

    private static string? Text(JsonObject entry, string name) => entry[name]?.ToString() is { Length: > 0 } text ? text : null;

    private CommandException Wrong(string why) => new($"the kubeconfig {_path} cannot be used: {why}");
}
