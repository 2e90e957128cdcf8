from tests.test_bad_input import *
import traceback
def test_x(ticket, vendor, sign_in):
    def go(label, f):
        try:
            a=f(); print("##", a.status_code, label, a.get("Location",""))
        except Exception as e: print("## EXC", label, type(e).__name__, str(e)[:100]); print("".join(traceback.format_exception(e)[-6:]))
    v=sign_in(vendor)
    go("login", lambda: Client().get("/masuk/?next=http://[::1"))
    go("GET signed", lambda: v.get("/masuk/?next=http://[::1"))
    go("profil", lambda: v.get("/profil/?next=http://[::1"))
    n=ticket.number
    tok=lambda u: signing.dumps([uuid4().hex,u.pk],salt=SALT)
    b="BoUnDaRy"
    for cs in ("utf-7","unicode_escape","raw_unicode_escape","hex","idna","utf-16","nonsense","punycode", "a\0b","utf-7,"):
        fields={"draf":tok(vendor).encode(),"kind":b"reply","version":b"1","text":b"+2AA- \\ud800 aa", "\\ud800+2AA-":b"x"}
        body=b"".join(f'--{b}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n'.encode()+w+b"\r\n" for k,w in fields.items())+f"--{b}--\r\n".encode()
        go("charset "+cs, lambda: v.generic("POST",f"/tiket/{n}/balas/", body, content_type=f"multipart/form-data; boundary={b}; charset={cs}"))
        go("url charset "+cs, lambda: v.generic("POST",f"/tiket/{n}/balas/", b"text=a", content_type=f"application/x-www-form-urlencoded; charset={cs}"))
for nme in list(globals()):
    if nme.startswith("test_") and nme!="test_x": del globals()[nme]
