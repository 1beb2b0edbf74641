using System.Text;
using Makaretu.Dns;

namespace MiniKube.Networking;

/// <summary>Puts answers of the cluster into bytes.</summary>
internal static class AnswerEncoder
{
    private const char Anything = 'x';

    /// <summary>The labels of a name in a message, in lower case; bytes are taken for Latin letters.</summary>
    public static string[] LabelsOf(ReadOnlySpan<byte> name)
    {
        var labels = new List<string>();
        while (name[0] > 0)
        {
            labels.Add(string.Create(name[0], name.Slice(1, name[0]), static (text, bytes) =>
            {
                for (var i = 0; i < text.Length; i++)
                {
                    text[i] = (char)DnsWire.ToLower(bytes[i]);
                }
            }));
            name = name[(name[0] + 1)..];
        }

        return [.. labels];
    }

    /// <summary>The name as it is in a message.</summary>
    /// <param name="name">In lower case, with dots between the labels.</param>
    public static byte[] NameOf(string name)
        => [.. name.Split('.').SelectMany(static label => Encoding.ASCII.GetBytes(label).Prepend((byte)label.Length)), 0];

    /// <summary>
    /// Adds what another server said about the name an answer ends at; false when it cannot be read. A library is asked, since
    /// names in the records may lean on the message they are in.
    /// </summary>
    public static bool TryAppend(ClusterAnswer answer, EncodedAnswer rest, TimeSpan age)
    {
        Message message;
        try
        {
            message = (Message)new Message().Read(rest.Bytes);
        }
#pragma warning disable CA1031 // Whatever a parser does with what a stranger sent: it is no answer.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }

        foreach (var record in message.Answers.Concat(message.AuthorityRecords))
        {
            var left = record.TTL - age;
            record.TTL = left > TimeSpan.Zero ? TimeSpan.FromSeconds((int)left.TotalSeconds) : TimeSpan.Zero;
        }

        answer.Answers.AddRange(message.Answers);
        answer.Authorities.AddRange(message.AuthorityRecords);
        answer.Status = rest.Status;
        return true;
    }

    /// <param name="labels">The question's name; the bytes of the client go over it when the answer is sent.</param>
    /// <param name="type">The question's type.</param>
    /// <param name="answer">To that question.</param>
    /// <param name="version">Of the directory, before the answer was found.</param>
    public static EncodedAnswer Encode(string[] labels, DnsType type, ClusterAnswer answer, long version)
    {
        var message = new Message
        {
            QR = true,
            AA = true,
            Status = (MessageStatus)answer.Status,
            Questions = { new Question { Name = new DomainName([.. labels.Select(Plain)]), Type = type } },
        };
        message.Answers.AddRange(answer.Answers);
        message.AuthorityRecords.AddRange(answer.Authorities);
        message.AdditionalRecords.AddRange(answer.Additionals);
        return EncodedAnswer.TryRead(message.ToByteArray(), out var encoded)
            ? encoded with { Version = version }
            : throw new InvalidOperationException($"an answer about {string.Join('.', labels)} was not put into bytes as it should");
    }

    /// <summary>Of the same length and without letters that need more than a byte; names with such have no records anyway.</summary>
    private static string Plain(string label)
        => label.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? label
            : new string(Anything, label.Length);
}
