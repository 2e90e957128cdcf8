import pytest
from tests.test_bad_input import *
from django.test.client import MULTIPART_CONTENT
def mp(fields, charset, b="BoUnDaRy"):
    body=b"".join(f'--{b}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n'.encode()+v+b"\r\n" for k,v in fields.items())+f"--{b}--\r\n".encode()
    return dict(data=body, content_type=f"multipart/form-data; boundary={b}; charset={charset}")
def test_x(ticket, vendors, staffs, vendor, helpdesk):
    tok=lambda u: signing.dumps([uuid4().hex,u.pk],salt=SALT)
    n=ticket.number
    def go(label, f):
        try:
            a=f(); print(a.status_code, label, a.get("Location",""))
        except Exception as e: print("EXC", label, type(e).__name__, str(e)[:100])
    v=vendors; s=staffs
    go("theme abc", lambda: v.post("/tema/", {"theme":"dark","next":"abc"}))
    go("theme //evil", lambda: v.post("/tema/", {"theme":"dark","next":"//evil"}))
    go("theme crlf", lambda: v.post("/tema/", {"theme":"dark","next":"/a\r\nX: y"}))
    go("theme NUL", lambda: v.post("/tema/", {"theme":"dark\0","next":"/a\0"}))
    go("theme home", lambda: v.post("/tema/", {"theme":"dark","next":"https:evil"}))
    go("theme 1MB", lambda: v.post("/tema/", {"theme":"dark","next":"/"+"a"*1000000}))
    go("theme [", lambda: v.post("/tema/", {"theme":"dark","next":"http://[::1"}))
    go("profil next abc", lambda: v.post("/profil/?next=abc", {"name":"Wulan","email":"a@b.id","phone":"0812000000","spse_user_id":"x","business_form":"cv","business_name":"CV","npwp":"1"*16}))
    for nx in ("abc","//evil","/\\evil","https:evil","%2f%2fevil","http://[::1", "javascript:alert(1)", "/a%0d%0aX:y"):
        go("login next "+nx, lambda: Client(raise_request_exception=False).post("/masuk/?next="+nx, {"login":"vendor","password":"kata-sandi-contoh"}))
        go("GET signed login next "+nx, lambda: v.get("/masuk/?next="+nx))
        go("logout next "+nx, lambda: Client(raise_request_exception=False).get("/keluar/?next="+nx))
    go("login NUL", lambda: Client(raise_request_exception=False).post("/masuk/", {"login":"a\0","password":"x\0"}))
    go("login 1MB", lambda: Client(raise_request_exception=False).post("/masuk/", {"login":"a"*1000000,"password":"x"*1000000}))
    go("reset NUL", lambda: Client(raise_request_exception=False).post("/kata-sandi/lupa/", {"email":"a\0@b.id"}))
    go("reset crlf", lambda: Client(raise_request_exception=False).post("/kata-sandi/lupa/", {"email":"a@b.id\r\nBcc: c@d.id"}))
    go("key b36", lambda: Client(raise_request_exception=False).get("/kata-sandi/baru/zzzzzzzzzzzzz-x/"))
    go("key b36 long", lambda: Client(raise_request_exception=False).get("/kata-sandi/baru/"+"z"*5000+"-x/"))
    go("key set-password", lambda: Client(raise_request_exception=False).get("/kata-sandi/baru/1-set-password/"))
    go("follow big", lambda: v.post("/pemberitahuan/"+"9"*25+"/buka/"))
    go("follow 5000", lambda: v.post("/pemberitahuan/"+"9"*5000+"/buka/"))
    for cs in ("utf-7","unicode_escape","hex","idna","utf-16","nonsense","rot13","punycode", "utf-8"):
        go("charset "+cs, lambda: v.post(f"/tiket/{n}/balas/", **mp({"draf":tok(vendor).encode(),"kind":b"reply","version":b"1","text":b"+2AA- \\ud800 aa"}, cs)))
    go("name NUL", lambda: v.post(f"/tiket/{n}/balas/", {"draf":tok(vendor),"kind":"reply","version":1,"text":"x","a\0b":"y"}))
    go("name NUL anon", lambda: Client(raise_request_exception=False).post(f"/tiket/{n}/balas/", {"draf":tok(vendor),"kind":"reply","version":1,"text":"x","a\0b":"y"}))
    for c in ('"\\000\\000\\000\\000\\000\\000\\000\\000\\000"', "\x00"*9, "é"*10, "x"*5000):
        go("session cookie "+ascii(c)[:20], lambda: Client(raise_request_exception=False).get("/tiket/", HTTP_COOKIE="sessionid="+c))
    go("csrf cookie", lambda: Client(raise_request_exception=False).get("/masuk/", HTTP_COOKIE='csrftoken="\\000<script>"; theme="\\000"; messages="\\000a"'))
    go("contentlength 5000 digits", lambda: v.generic("POST","/tema/",b"x", CONTENT_LENGTH="9"*5000))
    go("contentlength neg", lambda: v.generic("POST","/tema/",b"x", CONTENT_LENGTH="-1"))
    go("contentlength ٣", lambda: v.generic("POST","/tema/",b"xxxx", CONTENT_LENGTH="٣"))
    go("contenttype junk", lambda: v.generic("POST",f"/tiket/{n}/balas/",b"xxxx", content_type="multipart/form-data"))
    go("contenttype badboundary", lambda: v.generic("POST",f"/tiket/{n}/balas/",b"xxxx", content_type="multipart/form-data; boundary=é"))
    go("contenttype json", lambda: v.generic("POST",f"/tiket/{n}/balas/",b"["*100000, content_type="application/json"))
    go("1001 fields", lambda: v.post(f"/tiket/{n}/balas/", {f"f{i}":"1" for i in range(1001)}))
    go("3MB", lambda: v.post(f"/tiket/{n}/balas/", {"text":"a"*3000000}))
    go("3MB urlenc", lambda: v.generic("POST",f"/tiket/{n}/balas/", b"text="+b"a"*3000000, content_type="application/x-www-form-urlencoded"))
    go("101 files", lambda: v.post(f"/tiket/{n}/balas/", {f"f{i}":SimpleUploadedFile("a",b"x") for i in range(101)}))
    for h in ("evil.example","localhost:99999","local host","","é","a"*300, "localhost\0"):
        go("host "+ascii(h)[:20], lambda: v.get("/", HTTP_HOST=h))
    go("trace", lambda: v.generic("TRACE","/"))
    go("put", lambda: v.put("/tiket/"))
    go("options", lambda: v.options(f"/tiket/{n}/"))
    go("brew", lambda: v.generic("BREW","/tiket/"))
    for pth in ("/%00/","/tiket/%00/","/tiket/%FF/","/tiket/"+"9"*5000+"/","/tiket/٣٣٣٣٣٣٣/","/antrean/%00/","/antrean/"+"a"*5000+"/","/berkas/x/unduh/","/tiket/0000-0-0/","/tiket/%F0%9F%98%80/", "/tiket/..%2f..%2fetc/", "/.git/config", "/static/../manage.py", "/static/%00", "/static/%2e%2e/%2e%2e/manage.py", "/tiket/"+"9"*4+"-"+"9"*12+"-1/", "/pemberitahuan/٣/buka/"):
        go(ascii(pth)[:40], lambda: v.get(pth))
    go("htmx headers", lambda: s.get("/antrean/lpse-sukamaju/", headers={"HX-Request":"true","HX-Current-URL":"http://[::1", "HX-Target":"\x01", "HX-Triggering-Event":"{"}))
    go("needs htmx", lambda: v.get("/tiket/buat/data-dukung/?subcategory="+"9"*5000+"&occurred_at_0=x&nib=%EF%BB%BF", headers={"HX-Request":"true"}))
    go("needs htmx2", lambda: v.get("/tiket/buat/data-dukung/?subcategory=3&application=x&draf=zz", headers={"HX-Request":"true"}))
    go("xff", lambda: v.get("/tiket/TKT-2026-000999-1/", headers={"X-Forwarded-For":"\x01"*500}))
    go("admin next", lambda: Client(raise_request_exception=False).get("/admin/login/?next=//evil"))
    go("accept", lambda: v.get("/", headers={"Accept-Language":"x"*9999, "Range":"bytes=0-","If-Modified-Since":"garbage", "User-Agent":"\x80"}))
    go("theme lang", lambda: v.post("/tema/", {"theme":["dark"]*900}))
for nme in list(globals()):
    if nme.startswith("test_") and nme!="test_x": del globals()[nme]
