using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MiniKube;

/// <summary>
/// A joined machine's keys, certificates and secrets, in <c>DATA/pki</c>, readable by the owner only. A certificate and its key
/// are one file, so that they cannot come apart.
/// </summary>
internal sealed class AgentPki
{
    private const string ClientFile = "client.pem";
    private const string ServingFile = "serving.pem";
    private const string AuthoritiesFile = "authorities.pem";
    private const string PasswordFile = "node-password";
    private const string TokenFile = "join-token";
    private const int PasswordBytes = 32;

    private readonly string _directory;

    private AgentPki(string directory) => _directory = directory;

    /// <summary>Makes the directory when it is missing; nothing is read yet.</summary>
    public static AgentPki Open(string directory)
    {
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new AgentPki(directory);
    }

    /// <summary>What this machine shows to servers, with its key; null before the first join.</summary>
    public X509Certificate2? Client => Find(ClientFile);

    /// <summary>What this machine shows to those who ask it, with its key; null before the first join.</summary>
    public X509Certificate2? Serving => Find(ServingFile);

    /// <summary>The authorities that servers are checked against; empty before the first join.</summary>
    public X509Certificate2Collection Authorities
    {
        get
        {
            var bundle = new X509Certificate2Collection();
            if (PrivateFile.Find(In(AuthoritiesFile)) is { } pem)
            {
                bundle.ImportFromPem(pem);
            }

            return bundle;
        }
    }

    /// <summary>The token of the last join, for joining again when a certificate ran out. Secret.</summary>
    public string? Token => PrivateFile.Find(In(TokenFile));

    /// <summary>Made at the first use: what proves at a later join that this is the same machine. Secret.</summary>
    public string NodePassword()
    {
        if (PrivateFile.Find(In(PasswordFile)) is { Length: > 0 } kept)
        {
            return kept;
        }

        var password = RandomNumberGenerator.GetHexString(PasswordBytes * 2, lowercase: true);
        PrivateFile.Write(In(PasswordFile), $"{password}\n");
        return password;
    }

    public void KeepToken(string token) => PrivateFile.Write(In(TokenFile), $"{token}\n");

    public void KeepAuthorities(string pem) => PrivateFile.Write(In(AuthoritiesFile), pem);

    public void KeepClient(string certificatePem, ECDsa key) => Keep(ClientFile, certificatePem, key);

    public void KeepServing(string certificatePem, ECDsa key) => Keep(ServingFile, certificatePem, key);

    private string In(string name) => Path.Combine(_directory, name);

    private void Keep(string file, string certificatePem, ECDsa key)
        => PrivateFile.Write(In(file), $"{certificatePem.Trim()}\n{key.ExportPkcs8PrivateKeyPem()}\n");

    private X509Certificate2? Find(string name)
    {
        if (PrivateFile.Find(In(name)) is not { } pem)
        {
            return null;
        }

        try
        {
            return X509Certificate2.CreateFromPem(pem, pem);
        }
        catch (Exception damaged) when (damaged is CryptographicException or ArgumentException)
        {
            throw new CommandException(
                $"{In(name)} cannot be used ({damaged.Message}); remove it and start again with --token to have a new one made",
                cause: damaged);
        }
    }
}
