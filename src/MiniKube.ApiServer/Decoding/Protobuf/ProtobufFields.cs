using System.Collections.Frozen;
using System.Globalization;

namespace MiniKube.ApiServer;

/// <summary>One field of a message.</summary>
/// <param name="Name">Its name in JSON; of an inlined message, that message's name with <c>@</c>.</param>
/// <param name="KeepsZero">True when zero and false are told apart from nothing.</param>
internal sealed record ProtobufField(string Name, bool KeepsZero)
{
    public bool IsInlined => Name[0] == '@';
}

/// <summary>The table of <c>fields.txt</c>, read when the first protobuf body comes.</summary>
internal static class ProtobufFields
{
    private const string Resource = "MiniKube.ApiServer.Decoding.Protobuf.fields.txt";

    private static readonly Lazy<FrozenDictionary<string, FrozenDictionary<int, ProtobufField>>> Table = new(Read);

    /// <summary>
    /// The fields of a model (<c>V1PodSpec</c>) or inlined message (<c>@VolumeSource</c>) by number; null when not known.
    /// </summary>
    public static FrozenDictionary<int, ProtobufField>? Of(string message) => Table.Value.GetValueOrDefault(message);

    private static FrozenDictionary<string, FrozenDictionary<int, ProtobufField>> Read()
    {
        using var stream = typeof(ProtobufFields).Assembly.GetManifestResourceStream(Resource)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd()
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line[0] != '#')
            .Select(line => line.Split(": "))
            .ToFrozenDictionary(parts => parts[0], parts => ReadFields(parts[1]));
    }

    private static FrozenDictionary<int, ProtobufField> ReadFields(string line)
        => line.Split(' ').Select(field => field.Split('=')).ToFrozenDictionary(
            parts => int.Parse(parts[0], CultureInfo.InvariantCulture),
            parts => new ProtobufField(parts[1].TrimEnd('!'), parts[1].EndsWith('!')));
}
