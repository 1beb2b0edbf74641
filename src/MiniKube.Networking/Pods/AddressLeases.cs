using System.Text.Json;
using System.Text.Json.Serialization;

namespace MiniKube.Networking;

/// <summary>
/// The leases as they are on disk: one small file, replaced whole, so a crash leaves the old or the new one.
/// </summary>
internal sealed record AddressLeases
{
    private const string FileName = "addresses.json";

    public required string PodCidr { get; init; }

    /// <summary>The offset given out last.</summary>
    public required int Last { get; init; }

    /// <summary>Addresses by sandbox id.</summary>
    public required IReadOnlyDictionary<string, string> Sandboxes { get; init; }

    public static AddressLeases None(string podCidr)
        => new() { PodCidr = podCidr, Last = 0, Sandboxes = new Dictionary<string, string>() };

    /// <summary>
    /// Null when there is no file, or none that can be read: a power failure may leave a damaged one, but then no pod
    /// lives that has an address.
    /// </summary>
    public static AddressLeases? Load(string directory)
    {
        try
        {
            var json = File.ReadAllBytes(Path.Combine(directory, FileName));
            return JsonSerializer.Deserialize(json, AddressLeasesJson.Default.AddressLeases);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    public void Save(string directory)
    {
        var temporary = Path.Combine(directory, FileName + ".new");
        var json = JsonSerializer.SerializeToUtf8Bytes(this, AddressLeasesJson.Default.AddressLeases);
        File.WriteAllBytes(temporary, json);
        File.Move(temporary, Path.Combine(directory, FileName), overwrite: true);
    }

    public static void Delete(string directory)
    {
        if (Directory.Exists(directory))
        {
            File.Delete(Path.Combine(directory, FileName));
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(AddressLeases))]
internal sealed partial class AddressLeasesJson : JsonSerializerContext;
