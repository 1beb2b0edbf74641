using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using MiniKube.Store;

namespace MiniKube;

/// <summary>The keys that encrypt Secrets on the disk: a file in the data directory that only its owner can read.</summary>
/// <param name="Keys">Newest first: that one writes, all read.</param>
/// <param name="IsRewriting">True while something on the disk may still need a key that is not the newest, or none.</param>
internal sealed record SecretKeyFile(ImmutableArray<SecretKey> Keys, bool IsRewriting)
{
    public const string Name = "secrets-encryption.json";

    public static string PathIn(string root) => Path.Combine(root, Name);

    /// <summary>The keys of a data directory, or null when it has none.</summary>
    /// <exception cref="CommandException">The file is no such file, or one of its keys is not what it was.</exception>
    public static SecretKeyFile? Find(string root)
    {
        var path = PathIn(root);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            var file = JsonSerializer.Deserialize(File.ReadAllBytes(path), SecretKeyJson.Default.SecretKeyFile);
            return file is { Keys: { IsDefaultOrEmpty: false } keys } && keys.All(static key => key is { IsWhole: true })
                ? file
                : throw Damaged(path, "a key in it is not what it was", cause: null);
        }
        catch (JsonException damaged)
        {
            throw Damaged(path, "it is no JSON", damaged);
        }
    }

    /// <summary>Returns when the file is on the disk.</summary>
    public void Save(string root)
    {
        PrivateFile.Write(
            PathIn(root), Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(this, SecretKeyJson.Default.SecretKeyFile)));
        DirectorySync.Sync(root);
    }

    private static CommandException Damaged(string path, string why, Exception? cause)
        => new($"{path}, the keys of the Secrets, cannot be used: {why}; put it back from a backup of the data directory or from a "
            + "snapshot with keys. Nothing was changed", cause: cause);
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SecretKeyFile))]
internal sealed partial class SecretKeyJson : JsonSerializerContext;
