using System.Collections.Frozen;
using System.Text;
using System.Text.Json;

namespace MiniKube.ApiServer;

/// <summary>What is wrong with a body.</summary>
internal sealed class BodyFindings
{
    /// <summary>Values of the wrong type.</summary>
    public List<string> Mismatches { get; } = [];

    /// <summary>Unknown and repeated fields.</summary>
    public List<string> Surplus { get; } = [];

    /// <summary>True when a list, a map or a number holds null, which stands for its zero value.</summary>
    public bool HasInnerNulls { get; set; }
}

/// <summary>
/// Goes through a body once, next to the shape it should have. Costs one pass over the bytes and no allocation for what is
/// in order. Broken JSON and too deep nesting end in <see cref="JsonException"/>.
/// </summary>
internal ref struct BodyWalker
{
    // Longer than every field name there is.
    private const int NameLengthMax = 128;

    private readonly BodyFindings _findings;
    private readonly FieldPath _path;
    private Utf8JsonReader _reader;

    private BodyWalker(ReadOnlySpan<byte> json)
    {
        _reader = new Utf8JsonReader(json);
        _findings = new BodyFindings();
        _path = new FieldPath();
    }

    public static BodyFindings Walk(ReadOnlySpan<byte> json, JsonShape shape)
    {
        var walker = new BodyWalker(json);
        walker._reader.Read();
        walker.Value(shape, "");
        if (walker._reader.Read())
        {
            throw new JsonException("something follows the object");
        }

        return walker._findings;
    }

    // Called on the first token of a value, leaves on its last.
    private void Value(JsonShape shape, string owner)
    {
        if (_reader.TokenType == JsonTokenType.Null)
        {
            _findings.HasInnerNulls |= !shape.TakesNull;
            return;
        }

        switch (shape.Kind)
        {
            case ShapeKind.Object when _reader.TokenType == JsonTokenType.StartObject:
                Fields(shape);
                return;
            case ShapeKind.Map when _reader.TokenType == JsonTokenType.StartObject:
                Entries(shape, owner);
                return;
            case ShapeKind.List when _reader.TokenType == JsonTokenType.StartArray:
                Items(shape, owner);
                return;
            default:
                if (ScalarShapes.Problem(ref _reader, shape) is { } problem)
                {
                    _findings.Mismatches.Add(Worded(problem, shape, owner));
                }

                _reader.Skip();
                return;
        }
    }

    private void Fields(JsonShape shape)
    {
        UInt128 seen = 0;
        var names = shape.Properties.GetAlternateLookup<ReadOnlySpan<char>>();
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            if (Find(names) is not { } property)
            {
                _findings.Surplus.Add($"unknown field \"{_path.With(_reader.GetString()!)}\"");
                _reader.Read();
                _reader.Skip();
                continue;
            }

            if ((seen & (UInt128.One << property.Index)) != 0)
            {
                _findings.Surplus.Add($"duplicate field \"{_path.With(property.Name)}\"");
            }

            seen |= UInt128.One << property.Index;
            _reader.Read();
            _path.Push(property.Name);
            Value(property.Shape, shape.Title);
            _path.Pop();
        }
    }

    private readonly ShapeProperty? Find(FrozenDictionary<string, ShapeProperty>.AlternateLookup<ReadOnlySpan<char>> names)
    {
        if (_reader.ValueSpan.Length > NameLengthMax)
        {
            return null;
        }

        Span<char> name = stackalloc char[NameLengthMax];
        return names.TryGetValue(name[.._reader.CopyString(name)], out var property) ? property : null;
    }

    private void Entries(JsonShape shape, string owner)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = _reader.GetString()!;
            if (!keys.Add(key))
            {
                _findings.Surplus.Add($"duplicate field \"{_path.With(key)}\"");
            }

            _reader.Read();
            _path.Push(key);
            Element(shape, owner);
            _path.Pop();
        }
    }

    private void Items(JsonShape shape, string owner)
    {
        for (var index = 0; _reader.Read() && _reader.TokenType != JsonTokenType.EndArray; index++)
        {
            _path.Push(index);
            Element(shape, owner);
            _path.Pop();
        }
    }

    private void Element(JsonShape shape, string owner)
    {
        if (_reader.TokenType == JsonTokenType.Null)
        {
            _findings.HasInnerNulls = true;
            return;
        }

        Value(shape.Element, owner);
    }

    private readonly string Worded(string problem, JsonShape shape, string owner)
    {
        if (!problem.StartsWith("json: ", StringComparison.Ordinal))
        {
            return $"field \"{_path}\": {problem}";
        }

        return owner.Length == 0
            ? $"{problem} into Go value of type {shape.GoType}"
            : $"{problem} into Go struct field {owner}.{_path} of type {shape.GoType}";
    }
}
