using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MiniKube.Testing;

/// <summary>
/// Expected output kept as a file below <c>tests/MiniKube.Tests/ApiServer/testdata</c>. With <c>MINIKUBE_UPDATE_GOLDEN=1</c> the file is
/// rewritten instead of compared: look at the difference before you commit it.
/// </summary>
public static class GoldenFile
{
    private const string Folder = "tests/MiniKube.Tests/ApiServer/testdata";

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string PathOf(string name) => RepositoryFiles.PathOf($"{Folder}/{name}");

    public static void AssertJson(ReadOnlyMemory<byte> json, string name)
    {
        using var document = JsonDocument.Parse(json);
        AssertText(JsonSerializer.Serialize(document.RootElement, Indented) + "\n", name);
    }

    public static void AssertText(string text, string name)
    {
        var path = PathOf(name);
        if (Environment.GetEnvironmentVariable("MINIKUBE_UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        }

        Assert.That(File.Exists(path), Is.True, $"{name} is missing; MINIKUBE_UPDATE_GOLDEN=1 writes it");
        Assert.That(text, Is.EqualTo(File.ReadAllText(path)));
    }
}
