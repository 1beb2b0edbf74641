using System.Globalization;
using System.Text;
using System.Text.Json;

namespace MiniKube.Client;

/// <summary>A terminal's size in characters, as clients send it: <c>{"Width":80,"Height":24}</c>.</summary>
public readonly record struct TerminalSize(int Columns, int Rows)
{
    /// <summary>False for what is no size: no such JSON, or nothing to see in it.</summary>
    public static bool TryParse(ReadOnlySpan<byte> json, out TerminalSize size)
    {
        var (columns, rows) = (0, 0);
        try
        {
            var reader = new Utf8JsonReader(json);
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName)
                {
                    continue;
                }

                var isWidth = reader.ValueTextEquals("Width"u8);
                var isHeight = reader.ValueTextEquals("Height"u8);
                reader.Read();
                if ((isWidth || isHeight) && reader.TokenType == JsonTokenType.Number && reader.TryGetUInt16(out var number))
                {
                    columns = isWidth ? number : columns;
                    rows = isHeight ? number : rows;
                }
            }
        }
        catch (JsonException)
        {
            columns = 0;
        }

        size = new TerminalSize(columns, rows);
        return columns > 0 && rows > 0;
    }

    /// <summary>As clients send it.</summary>
    public byte[] ToJson()
        => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"Width\":{Columns},\"Height\":{Rows}}}"));
}
