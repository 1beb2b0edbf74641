using System.Text;
using System.Text.Json;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.ApiServer;

/// <summary>What is wrong with the body of a join. Pure.</summary>
internal static class JoinChecks
{
    // The node's Secret and certificates are named after it.
    private const int NameLengthMax = 200;
    private const int PasswordLengthMin = 8;

    /// <exception cref="ApiException">BadRequest or Invalid; the message says what to send.</exception>
    public static JoinRequest Read(ReadOnlySpan<byte> body)
    {
        var request = Parse(body);
        CheckName(request.NodeName);
        if (request.NodePassword.Length < PasswordLengthMin)
        {
            throw Bad($"nodePassword must have {PasswordLengthMin} characters or more: it keeps the node's name to this machine");
        }

        CheckSubject("clientCsr", request.ClientCsr, request.NodeName);
        var serving = CheckSubject("servingCsr", request.ServingCsr, request.NodeName);
        if (serving.DnsNames.IsEmpty && serving.Addresses.IsEmpty)
        {
            throw Bad("servingCsr must have the node's name or address among its alternative names");
        }

        return request;
    }

    private static JoinRequest Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, JoinJson.Default.JoinRequest) ?? throw Bad("the body of a join is missing");
        }
        catch (JsonException malformed)
        {
            throw Bad($"the body of a join cannot be read: {malformed.Message}");
        }
    }

    private static void CheckName(string name)
    {
        var problems = Names.CheckDnsSubdomain(name);
        if (problems.Count > 0)
        {
            throw Bad($"the node name \"{name}\" cannot be used: {problems[0]}");
        }

        if (name.Length > NameLengthMax)
        {
            throw Bad($"the node name has {name.Length} characters; at most {NameLengthMax} are possible");
        }
    }

    private static SigningRequest CheckSubject(string field, string pem, string nodeName)
    {
        SigningRequest request;
        try
        {
            request = SigningRequest.Parse(Encoding.UTF8.GetBytes(pem));
        }
        catch (FormatException malformed)
        {
            throw Bad($"{field}: {malformed.Message}");
        }

        var wanted = CertificateSigners.NodeUserPrefix + nodeName;
        return request.CommonName == wanted && request.Organizations is [CertificateSigners.NodesGroup]
            ? request
            : throw Bad($"{field} must be for CN={wanted}, O={CertificateSigners.NodesGroup}; it is for {request.Subject.Name}");
    }

    private static ApiException Bad(string why) => new(StatusReason.BadRequest, why);
}
