# Puts the certificate of WINDOWS_CERTIFICATE (a .pfx in Base64) and WINDOWS_CERTIFICATE_PASSWORD into this user's store,
# and tells the next steps its thumbprint. The machine is thrown away afterwards, and the file at once.
$ErrorActionPreference = "Stop"
$file = Join-Path $env:RUNNER_TEMP "certificate.pfx"
try {
  [IO.File]::WriteAllBytes($file, [Convert]::FromBase64String($env:WINDOWS_CERTIFICATE))
  $password = ConvertTo-SecureString $env:WINDOWS_CERTIFICATE_PASSWORD -AsPlainText -Force
  $certificate = Import-PfxCertificate -FilePath $file -CertStoreLocation Cert:\CurrentUser\My -Password $password
} finally {
  Remove-Item $file -ErrorAction SilentlyContinue
}
if ($certificate.NotAfter -lt (Get-Date)) {
  throw "The certificate ended on $($certificate.NotAfter)."
}
"WINDOWS_CERTIFICATE_THUMBPRINT=$($certificate.Thumbprint)" | Out-File -FilePath $env:GITHUB_ENV -Encoding utf8 -Append
